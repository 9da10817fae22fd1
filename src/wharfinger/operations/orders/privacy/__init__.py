"""Personal data: erased by the clock and on request, and kept by a legal hold."""
