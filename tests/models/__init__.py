"""A tiny model for tests of the stream: few features, plain thresholds, no training."""
