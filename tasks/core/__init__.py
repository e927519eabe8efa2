"""What every stage stands on: parameters, registries, stores, items, random numbers, the backend
and the engine.
"""
