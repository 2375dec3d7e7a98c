/* Signature engine of the Marlbeck scanner. */
#include "engine.h"
#include "signatures.h"

static int engine_is_idle(const struct engine *engine)
{
    return engine->state == ENGINE_IDLE && engine->pending == 0;
}

int engine_start(struct engine *engine, const struct profile *profile)
{
    if (!engine_is_idle(engine))
        return ENGINE_BUSY;

    engine->profile = profile;
    engine->heuristics = profile->depth > 3 ? deep_heuristics : quick_heuristics;
    for (size_t family = 0; family < profile->families; family++)
        signatures_load(engine->table, profile->wanted[family]);

    engine->started = clock_monotonic();
    engine->state = ENGINE_SCANNING;
    return queue_push(engine->queue, scan_next_volume, engine);
}

void engine_report(struct engine *engine, const struct finding *finding)
{
    struct verdict verdict = weigh_finding(finding, engine->heuristics);
    if (verdict.score < engine->profile->threshold)
        return;
    quarantine_request(engine->vault, finding->path, verdict.family);
    telemetry_count(engine->telemetry, verdict.family, verdict.score);
}
