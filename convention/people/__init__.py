"""People: accounts, the roles they hold in each convention, and the ways in.

A person is known by a name and what she chooses to give. She enters by the code of her paper letter, by a link sent
by e-mail or by a password; the visit then lasts as long as a row of `sign_in` that she can see and end herself.
"""
