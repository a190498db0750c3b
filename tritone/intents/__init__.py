"""Sentences about a home: what they may ask for, and which things they mean."""
