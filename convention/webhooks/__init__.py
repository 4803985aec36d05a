"""Other sites told of editions and answers: signed calls to addresses that an administrator named.

What leaves is what everyone may read. Where it may go is the operator's decision (CONVENTION_WEBHOOK_HOSTS), checked
when the address is named and again at each call, on the very address that is connected to.
"""
