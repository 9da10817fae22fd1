"""Personal data erased: by the worker, on request, after a restore."""
