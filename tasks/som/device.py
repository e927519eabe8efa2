"""The search on a GPU."""
def search(*a,**k): raise NotImplementedError
