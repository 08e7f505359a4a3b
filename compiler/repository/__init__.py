"""An apt repository of hosts' packages: a careful layer over apt-ftparchive, dpkg-deb and gpg.

    DIR/pool/PACKAGE/PACKAGE_VERSION_all.deb    every version that was ever published; none changes
    DIR/dists/SUITE/...                         a signed suite, of one component: main

A suite is nothing but its index: for each host every version up to the one that is current, in
dpkg's order. So the current one is what apt takes, and the others can be asked for.

The key signs nothing but what stands in a suite that it has signed before, and what it was given
just now: of the pool nothing is believed.

`actions` has what a user can do. `changes` decides what a suite is to have, from `incoming` and
`pool`; `suite` writes its files, `keys` signs them, and `publish` puts all of it in place.
"""
