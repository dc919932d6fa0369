"""An SNMP manager that knows nothing of the rest of netwatch.

    target      whom to ask                          errors    what can go wrong; every Outcome
    template    a GET encoded once                   layout    reading its replies at a glance
    mux         requests and replies, one socket     walk      which rows there are
    rows        many values of one agent             memory    what is remembered about it, with batch
    ber         octets                               message   SNMPv1 and v2c messages

Nothing in here can write to a device: there is no SetRequest.
"""
