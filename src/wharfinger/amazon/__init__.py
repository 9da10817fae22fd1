"""Amazon's Selling Partner API as a typed client library. It imports nothing of Wharfinger.

`regions` says where, `operations` what and how often, `messages` in which words, `errors` what can
go wrong and what to do then, `auth` with which token, `transport` does the one attempt, `client`
joins them. Nothing here reads a clock, sleeps or tries again: the caller passes `now` (aware UTC).
"""
