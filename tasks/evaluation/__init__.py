"""Evaluation: what came out, measured, drawn and shown on one page."""
