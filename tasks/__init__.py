"""The stages of the workflow and the domain code that they share."""
