package app.qadam.bench

/** Nanoseconds of one run. */
class Figures(val measured: Long, val floor: Long)

private const val WARM_UP = 50
private const val BATCHES = 15

/** What was read last, so that none of it can be left out. */
@Volatile
private var seen: Any? = null

/**
 * The medians over batches of a batch's mean, once the JVM has compiled both. They alternate, so that both meet the same machine; each
 * gets a number that differs each time.
 */
suspend fun beside(batch: Int, measured: suspend (Int) -> Any, floor: suspend (Int) -> Any): Figures {
    val times = List(WARM_UP + BATCHES) { round ->
        val numbers = round * batch until (round + 1) * batch
        val begin = System.nanoTime()
        for (n in numbers) seen = measured(n)
        val between = System.nanoTime()
        for (n in numbers) seen = floor(n)
        val end = System.nanoTime()
        Figures((between - begin) / batch, (end - between) / batch)
    }
    return medians(times.drop(WARM_UP))
}

fun medians(times: List<Figures>): Figures = Figures(median(times.map { it.measured }), median(times.map { it.floor }))

fun median(numbers: List<Long>): Long = numbers.sorted()[numbers.size / 2]
