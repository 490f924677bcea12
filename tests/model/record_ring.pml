/* The memory order of engine/ring/record_ring.cpp and of engine/core/doorbell.cpp, for Spin.
 *
 * Each thread sees the other's stores late: tail and head carry the number of data stores that
 * happened before them, and an acquire makes these visible; without a release or an acquire the
 * reader may still see what was there before. A slot holds the number of its record, so reading
 * anything else is a record torn or overwritten.
 *
 * Mutants, each of which must fail (tests/model/check):
 *   -DMUTANT_RELEASE_TAIL   commit() stores tail relaxed: the record may come after it
 *   -DMUTANT_ACQUIRE_TAIL   front() loads tail relaxed: the record may be read before it
 *   -DMUTANT_RELEASE_HEAD   pop() stores head relaxed: the slot may be read after it is given back
 *   -DMUTANT_ACQUIRE_HEAD   reserve() loads head relaxed: the slot may be written before it is free
 *   -DMUTANT_BELL           ring() looks for a waiter before it counts: a wake-up is lost
 */

#define CAPACITY 2
#define RECORDS 4

byte tail = 0, head = 0;          /* as stored, number of records */
byte slot[CAPACITY];              /* in memory: the number of the record + 1 */

/* A store that was made and may not have reached memory; a load that was asked for and not made. */
bool write_pending = false;  byte write_at, write_value;
bool read_pending = false;   byte read_at, read_value;

byte bell = 0;                    /* Doorbell::count_ */
bool waiting = false;             /* Doorbell::n_waiting_ */
bool asleep = false;              /* in the futex */

inline land_write() { if :: write_pending -> slot[write_at] = write_value; write_pending = false :: else fi }
inline land_read()  { if :: read_pending -> read_value = slot[read_at]; read_pending = false :: else fi }

/* What hardware and compiler may do at any time. */
active proctype memory()
{
end:
    do
    :: atomic { write_pending -> land_write() }
    :: atomic { read_pending -> land_read() }
    od
}

active proctype writer()
{
    byte n = 0, head_seen = 0;
    bool free;
    do
    :: n == RECORDS -> break
    :: else ->
        /* reserve(): full by the copy of head, then by head itself */
        free = n - head_seen < CAPACITY;
#ifdef MUTANT_ACQUIRE_HEAD
        /* Nothing orders the write behind the look: it may be made first. */
        atomic { !write_pending -> write_at = n % CAPACITY; write_value = n + 1; write_pending = true };
        do
        :: free -> break
        :: else -> head_seen = head; free = n - head_seen < CAPACITY
        od;
#else
        do
        :: free -> break
        :: else -> head_seen = head; free = n - head_seen < CAPACITY
        od;
        atomic { !write_pending -> write_at = n % CAPACITY; write_value = n + 1; write_pending = true };
#endif
        n++;
        /* commit(): the release lands all stores before tail */
#ifdef MUTANT_RELEASE_TAIL
        tail = n;
#else
        atomic { land_write(); tail = n };
#endif
        /* Doorbell::ring() */
#ifdef MUTANT_BELL
        if
        :: waiting -> bell++; asleep = false
        :: !waiting -> bell++
        fi
#else
        bell++;
        if :: waiting -> asleep = false :: !waiting -> skip fi
#endif
    od
}

active proctype reader()
{
    byte n = 0, tail_seen = 0, seen;
    do
    :: n == RECORDS -> break
    :: else ->
        seen = bell;
        /* front() */
#ifdef MUTANT_ACQUIRE_TAIL
        /* Nothing orders the read behind the look: it may be made first. */
        atomic { !read_pending -> read_at = n % CAPACITY; read_pending = true };
        if :: n == tail_seen -> tail_seen = tail :: else fi;
        if
        :: n == tail_seen -> atomic { read_pending = false; goto wait }
        :: else
        fi;
#else
        if :: n == tail_seen -> tail_seen = tail :: else fi;
        if :: n == tail_seen -> goto wait :: else fi;
        atomic { !read_pending -> read_at = n % CAPACITY; read_pending = true };
#endif
        n++;
        /* pop(): the release makes all loads before head */
#ifdef MUTANT_RELEASE_HEAD
        head = n;
#else
        atomic { land_read(); head = n };
#endif
        !read_pending;
        assert(read_value == n);
        goto next;
wait:
        /* Doorbell::wait(), for ever: its timeout would hide a lost wake-up */
        waiting = true;
        atomic { if :: bell == seen -> asleep = true :: else fi };
        !asleep;
        waiting = false;
next:   skip
    od
}
