"""The map as an estimator in the manner of scikit-learn."""
