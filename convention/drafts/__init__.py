"""Texts in the making: seen by their writer alone, saved as one types, found again on another device.

A service for any form: a draft is known by its `subject` (« proposition-nouvelle », « proposition-12 »). Nothing here
is told to the journal. What a stale device writes never erases what another one wrote: both copies are kept.
"""
