#ifndef C_DROP_FOLDER_H
#define C_DROP_FOLDER_H

#include <stddef.h>

/* What Swift cannot call by itself: inotify with its variable records, a lease by variadic fcntl, and the readiness
   protocol of systemd. All functions give -1 and set errno where they fail, unless said otherwise. */

/* Watches a folder for files that are created, written, closed, changed in rights or moved in. Gives a descriptor that
   becomes readable. */
int weerbaar_watch_open(const char *folder);

/* Takes all events that wait and calls `event` for each with the file's name, and whether it was moved in and so is
   complete. A NULL name says that events were lost, and that the folder must be gone through. Gives the number of
   events. */
int weerbaar_watch_read(int watch, void (*event)(void *context, const char *name, int moved_in), void *context);

/* Whether another descriptor has the file open for writing: 1 yes, 0 no, -1 it cannot be told (the file belongs to another
   user, or the file system knows no leases). */
int weerbaar_is_written(int descriptor);

/* Sends a state such as "READY=1" to the service manager named by NOTIFY_SOCKET. 0 where there is none or it was sent. */
int weerbaar_notify(const char *state);

/* Takes the lock of a file without waiting: 0 taken, 1 another process has it. It is held until the descriptor closes. */
int weerbaar_lock(int descriptor);

/* Renames a file unless there is one of that name already: then errno is EEXIST. */
int weerbaar_move(const char *from, const char *to);

#endif
