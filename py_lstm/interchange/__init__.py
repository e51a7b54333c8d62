"""Weights in and out: files, the layouts of other libraries, and exports."""
