/*
 * rival_lfht.c - liburcu's rculfhash over its fastest readers, QSBR.
 *
 * Overwriting puts a new node in place of the old one, which call_rcu() frees.
 */
#include "bench/rival.h"
#include "bench/record.h"

#include <urcu-qsbr.h>
#include <urcu/rculfhash.h>

struct node {
    struct cds_lfht_node link;
    struct rcu_head head;
    struct record record;
};

#define RECORD_OFFSET offsetof(struct node, record)

struct wanted {
    const char *key;
    size_t key_bytes;
};

static int match(struct cds_lfht_node *link, const void *wanted)
{
    const struct wanted *it = wanted;
    const struct node *node = caa_container_of(link, struct node, link);
    return record_is(&node->record, it->key, it->key_bytes);
}

static void *create(void)
{
    return cds_lfht_new(64, 64, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
                        NULL);
}

static void *join(void *table)
{
    rcu_register_thread();
    return table;
}

static void part(void *member)
{
    (void)member;
    rcu_unregister_thread();
}

static void rest(void *member)
{
    (void)member;
    rcu_quiescent_state();
}

static struct node *find(struct cds_lfht *self, const char *key,
                         size_t key_bytes)
{
    struct wanted wanted = {key, key_bytes};
    struct cds_lfht_iter iter;
    cds_lfht_lookup(self, record_hash(key, key_bytes), match, &wanted, &iter);
    struct cds_lfht_node *link = cds_lfht_iter_get_node(&iter);
    return link != NULL ? caa_container_of(link, struct node, link) : NULL;
}

static bool get(void *member, const char *key, size_t key_bytes, char *value)
{
    rcu_read_lock();
    const struct node *node = find(member, key, key_bytes);
    if (node != NULL) {
        record_copy(&node->record, value);
    }
    rcu_read_unlock();
    return node != NULL;
}

static void free_node(struct rcu_head *head)
{
    free(caa_container_of(head, struct node, head));
}

static bool put(struct cds_lfht *self, struct node *node)
{
    struct wanted wanted = {node->record.bytes, node->record.key_bytes};
    cds_lfht_node_init(&node->link);
    rcu_read_lock();
    struct cds_lfht_node *old =
        cds_lfht_add_replace(self, record_hash(wanted.key, wanted.key_bytes),
                             match, &wanted, &node->link);
    rcu_read_unlock();
    if (old != NULL) {
        call_rcu(&caa_container_of(old, struct node, link)->head, free_node);
    }
    return true;
}

static bool set(void *member, const char *key, size_t key_bytes,
                const char *value, size_t value_bytes)
{
    struct node *node =
        record_create(RECORD_OFFSET, key, key_bytes, value, value_bytes);
    return node != NULL && put(member, node);
}

static bool count(void *member, const char *key, size_t key_bytes,
                  uint64_t number)
{
    struct node *node = record_create(RECORD_OFFSET, key, key_bytes, "", 0);
    if (node == NULL) {
        return false;
    }
    node->record.number = number;
    return put(member, node);
}

static bool take(void *member, const char *key, size_t key_bytes)
{
    rcu_read_lock();
    struct node *node = find(member, key, key_bytes);
    bool taken = node != NULL && record_take(&node->record);
    rcu_read_unlock();
    return taken;
}

const struct rival rival_lfht = {
    .name = "rculfhash",
    .sentence = "liburcu's lock-free table, QSBR readers, call_rcu",
    .key_bytes_max = UINT16_MAX,
    .value_bytes_max = RECORD_VALUE_BYTES_MAX,
    .create = create,
    .join = join,
    .part = part,
    .rest = rest,
    .get = get,
    .set = set,
    .count = count,
    .take = take,
};
