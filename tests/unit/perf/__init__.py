"""Tests of the benchmark's own logic: nothing here measures anything."""
