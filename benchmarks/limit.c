/* A lean event loop for centres without follow-ups, bots, hours or pace: the limit that the engines are measured by.
   One binary heap of work that ends; first-come first-served queues and lines of idle agents as linked lists;
   patience is looked at when a contact comes up. Kinds of work: 0 live, 1 concurrent, 2 deferred. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct { double time; int contact; } event;

static int earlier(event a, event b) { return a.time < b.time || (a.time == b.time && a.contact < b.contact); }

static void push(event *heap, int *size, event new) {
    int at = (*size)++;
    while (at > 0 && earlier(new, heap[(at - 1) / 2])) { heap[at] = heap[(at - 1) / 2]; at = (at - 1) / 2; }
    heap[at] = new;
}

static event pop(event *heap, int *size) {
    event top = heap[0], last = heap[--*size];
    int at = 0, child;
    while ((child = 2 * at + 1) < *size) {
        if (child + 1 < *size && earlier(heap[child + 1], heap[child])) child++;
        if (!earlier(heap[child], last)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

typedef struct {
    int types, groups, slots, size;
    const int32_t *work, *routes, *skills;
    const double *handle, *patience, *arrival;
    const int64_t *type;
    double *answer, *end;
    int *agent_of, *group, *load, *before, *after, *first, *last, *queue_first, *queue_last, *next;
    event *heap;
} centre;

static void unlink_agent(centre *c, int agent, int line) {
    int before = c->before[agent], after = c->after[agent];
    if (before < 0) c->first[line] = after; else c->after[before] = after;
    if (after < 0) c->last[line] = before; else c->before[after] = before;
}

static void link_agent(centre *c, int agent, int line) {
    int last = c->last[line];
    c->before[agent] = last;
    c->after[agent] = -1;
    if (last < 0) c->first[line] = agent; else c->after[last] = agent;
    c->last[line] = agent;
}

static void take(centre *c, int contact, int agent, double now) {
    int group = c->group[agent], load = c->load[agent];
    unlink_agent(c, agent, group * c->slots + load);
    if (c->work[c->type[contact]] == 1) {
        c->load[agent] = load + 1;
        if (load + 1 < c->slots) link_agent(c, agent, group * c->slots + load + 1);
    } else {
        c->load[agent] = -1;
    }
    c->agent_of[contact] = agent;
    c->answer[contact] = now;
    push(c->heap, &c->size, (event){now + c->handle[contact], contact});
}

static int find_agent(centre *c, int type) {
    for (int i = 0; i < c->groups; i++) {
        int group = c->routes[type * c->groups + i];
        if (group < 0) break;
        if (c->work[type] == 1)
            for (int load = 1; load < c->slots; load++)
                if (c->first[group * c->slots + load] >= 0) return c->first[group * c->slots + load];
        if (c->first[group * c->slots] >= 0) return c->first[group * c->slots];
    }
    return -1;
}

static int find_contact(centre *c, int agent, double now) {
    int group = c->group[agent];
    for (int i = 0; i < c->types; i++) {
        int type = c->skills[group * c->types + i];
        if (type < 0) break;
        if (c->load[agent] > 0 && c->work[type] != 1) continue;
        int contact = c->queue_first[type];
        while (contact >= 0 && c->arrival[contact] + c->patience[contact] < now) {
            c->end[contact] = c->arrival[contact] + c->patience[contact];
            contact = c->next[contact];
        }
        c->queue_first[type] = contact;
        if (contact >= 0) { c->queue_first[type] = c->next[contact]; return contact; }
    }
    return -1;
}

void play(int64_t n, int64_t agents, int64_t types, int64_t groups, int64_t slots, const int32_t *work,
          const int32_t *routes, const int32_t *skills, const int32_t *group, const double *arrival,
          const int64_t *type, const double *handle, const double *patience, double *answer, double *end) {
    int lines = groups * slots;
    int *memory = malloc(sizeof(int) * (2 * n + 4 * agents + 2 * lines + 2 * types));
    centre c = {.types = types, .groups = groups, .slots = slots, .work = work, .routes = routes, .skills = skills,
                .handle = handle, .patience = patience, .arrival = arrival, .type = type, .answer = answer, .end = end,
                .heap = malloc(sizeof(event) * (agents * slots + 1))};
    c.agent_of = memory; c.next = c.agent_of + n; c.group = c.next + n; c.load = c.group + agents;
    c.before = c.load + agents; c.after = c.before + agents; c.first = c.after + agents; c.last = c.first + lines;
    c.queue_first = c.last + lines; c.queue_last = c.queue_first + types;
    for (int i = 0; i < lines; i++) c.first[i] = c.last[i] = -1;
    for (int i = 0; i < types; i++) c.queue_first[i] = c.queue_last[i] = -1;
    for (int i = 0; i < agents; i++) { c.group[i] = group[i]; c.load[i] = 0; link_agent(&c, i, group[i] * slots); }
    for (int64_t i = 0; i < n; i++) answer[i] = end[i] = NAN;
    int64_t cursor = 0;
    while (cursor < n || c.size) {
        if (cursor < n && (!c.size || arrival[cursor] < c.heap[0].time)) {
            int agent = find_agent(&c, type[cursor]);
            if (agent >= 0) take(&c, cursor, agent, arrival[cursor]);
            else {
                int kind = type[cursor], last = c.queue_last[kind];
                c.next[cursor] = -1;
                if (c.queue_first[kind] < 0) c.queue_first[kind] = cursor; else c.next[last] = cursor;
                c.queue_last[kind] = cursor;
            }
            cursor++;
            continue;
        }
        event done = pop(c.heap, &c.size);
        int agent = c.agent_of[done.contact], load = c.load[agent], contact;
        end[done.contact] = done.time;
        if (load > 0 && load < slots) unlink_agent(&c, agent, c.group[agent] * slots + load);
        c.load[agent] = load < 0 ? 0 : load - 1;
        link_agent(&c, agent, c.group[agent] * slots + c.load[agent]);
        while (c.load[agent] >= 0 && c.load[agent] < slots && (contact = find_contact(&c, agent, done.time)) >= 0)
            take(&c, contact, agent, done.time);
    }
    for (int k = 0; k < types; k++)
        for (int i = c.queue_first[k]; i >= 0; i = c.next[i]) end[i] = arrival[i] + patience[i];
    free(memory);
    free(c.heap);
}

/* Random numbers: xoshiro256+ (Blackman, Vigna 2018), exponentials by inversion. */
static uint64_t s[4];
static double uniform(void) {
    uint64_t result = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = (s[3] << 45) | (s[3] >> 19);
    return (result >> 11) * 0x1p-53;
}
static double exponential(double mean) { return -log1p(-uniform()) * mean; }

/* Arrivals of all types in order, with handle times and patience; how many there are. */
int64_t draw(uint64_t seed, int64_t types, int64_t intervals, double length, const double *expected,
             const double *mean_handle, const double *mean_patience, int64_t room, double *arrival, int64_t *type,
             double *handle, double *patience) {
    for (int i = 0; i < 4; i++) { seed = seed * 6364136223846793005u + 1442695040888963407u; s[i] = seed; }
    int64_t n = 0, at[16] = {0};
    double passed[16] = {0}, point[16], next[16];
    for (int k = 0; k < types; k++) { point[k] = exponential(1); next[k] = -1; }
    for (;;) {
        int soonest = -1;
        for (int k = 0; k < types; k++) {
            while (next[k] < 0 && at[k] < intervals) {
                double here = expected[k * intervals + at[k]];
                if (point[k] < passed[k] + here) next[k] = (at[k] + (point[k] - passed[k]) / here) * length;
                else { passed[k] += here; at[k]++; }
            }
            if (next[k] >= 0 && (soonest < 0 || next[k] < next[soonest])) soonest = k;
        }
        if (soonest < 0 || n == room) return n;
        arrival[n] = next[soonest];
        type[n] = soonest;
        handle[n] = exponential(mean_handle[soonest]);
        patience[n] = mean_patience[soonest] > 0 ? exponential(mean_patience[soonest]) : INFINITY;
        n++;
        next[soonest] = -1;
        point[soonest] += exponential(1);
    }
}
