"""The part of Authlib this repository calls; the package ships no types of its own."""
