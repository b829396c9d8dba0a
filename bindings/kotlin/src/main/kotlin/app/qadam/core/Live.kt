package app.qadam.core

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * A live query as a cold flow: each collector has a query of its own, which ends with it.
 *
 * The query is pulled, so a slow collector gets the newest value and never a queue of old ones. The flow completes when the engine is
 * shut down, and fails with what the query fails with, [QadamException.SignedOut] for one.
 */
internal fun <Query : AutoCloseable, Value> live(
    observe: () -> Query,
    stop: (Query) -> Unit,
    next: suspend (Query, ULong) -> Pair<ULong, Value>?,
): Flow<Value> = flow {
    observe().use { query ->
        try {
            var seen = 0uL
            while (true) {
                val (number, value) = next(query, seen) ?: break
                seen = number
                emit(value)
            }
        } finally {
            stop(query)
        }
    }
}
