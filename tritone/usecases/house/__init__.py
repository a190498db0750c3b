"""Sentences about a house: understood, done, seen to be done, and answered."""
