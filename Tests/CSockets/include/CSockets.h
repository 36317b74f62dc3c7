// A GNU call that Swift's view of the C library hides.
#ifndef CSOCKETS_H
#define CSOCKETS_H

// accept4(2) with SOCK_CLOEXEC: no program that is started meanwhile inherits the connection and keeps it open.
int csockets_accept(int listener);

#endif
