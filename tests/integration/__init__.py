"""Against the real Kafka, PostgreSQL, Prometheus and Chromium."""
