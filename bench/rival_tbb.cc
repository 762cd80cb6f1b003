/*
 * rival_tbb.cc - oneTBB's concurrent_hash_map: a lock in each node.
 *
 * Keys and values lie in the node itself, which suits it best; longer ones it
 * is not asked for. There is nothing to reclaim: a value is overwritten under
 * its lock.
 */
#include "bench/rival.h"

#include <cstring>
#include <new>
#include <tbb/concurrent_hash_map.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace
{

template <std::size_t room> struct bytes {
    unsigned char count;
    char at[room];

    bytes() : count(0)
    {
    }

    bytes(const char *from, std::size_t size)
        : count(static_cast<unsigned char>(size))
    {
        std::memcpy(at, from, size);
    }
};

using key_of = bytes<23>;
using value_of = bytes<39>;

struct compare {
    static std::size_t hash(const key_of &key)
    {
        return XXH3_64bits(key.at, key.count);
    }

    static bool equal(const key_of &a, const key_of &b)
    {
        return a.count == b.count && std::memcmp(a.at, b.at, a.count) == 0;
    }
};

using map = tbb::concurrent_hash_map<key_of, value_of, compare>;

void *create()
{
    return new (std::nothrow) map();
}

void *join(void *table)
{
    return table;
}

void nothing(void *)
{
}

bool get(void *member, const char *key, std::size_t key_bytes, char *value)
{
    map::const_accessor found;
    if (!static_cast<map *>(member)->find(found, key_of(key, key_bytes))) {
        return false;
    }
    std::memcpy(value, found->second.at, found->second.count);
    return true;
}

bool set(void *member, const char *key, std::size_t key_bytes,
         const char *value, std::size_t value_bytes)
{
    map::accessor found;
    static_cast<map *>(member)->insert(found, key_of(key, key_bytes));
    found->second = value_of(value, value_bytes);
    return true;
}

bool count(void *member, const char *key, std::size_t key_bytes,
           std::uint64_t number)
{
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    return set(member, key, key_bytes, bytes, sizeof bytes);
}

bool take(void *member, const char *key, std::size_t key_bytes)
{
    map::accessor found;
    if (!static_cast<map *>(member)->find(found, key_of(key, key_bytes))) {
        return false;
    }
    std::uint64_t number;
    std::memcpy(&number, found->second.at, sizeof number);
    if (number == 0) {
        return false;
    }
    number--;
    std::memcpy(found->second.at, &number, sizeof number);
    return true;
}

} // namespace

extern "C" const struct rival rival_tbb = {
    "tbb",
    "oneTBB's concurrent_hash_map, a lock in each node",
    sizeof(key_of::at),
    sizeof(value_of::at),
    create,
    join,
    nothing,
    nothing,
    get,
    set,
    count,
    take,
    nullptr,
};
