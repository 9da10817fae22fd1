"""Couriers that sell labels, each as a typed client behind one seam. It imports nothing of Wharfinger.

`seam` has the values and what a connection can do, `errors` what can go wrong and what to do then, `transport` does
the one attempt, and one file each speaks a courier's own language. Nothing here reads trade time, waits or tries
again: the caller passes `now` (aware UTC), and a pause before each call where the courier counts calls.
"""
