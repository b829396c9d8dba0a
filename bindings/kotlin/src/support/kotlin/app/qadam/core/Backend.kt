package app.qadam.core

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.test.fail

/** A real server with the sample company. */
class Backend private constructor() {
    private val program: String = System.getProperty("qadam.backend")
    private val checkout: Path = Path.of(System.getProperty("qadam.checkout")).toRealPath()
    private val data: Path = Files.createTempDirectory("qadam-backend")
    private val numbers = AtomicInteger()

    /** The server's address. */
    val address: String

    init {
        run("content", "publish", "$checkout/backend/sample")
        val server = process("serve", "--listen", "127.0.0.1:0").start()
        @OptIn(ExperimentalPathApi::class)
        Runtime.getRuntime().addShutdownHook(
            Thread {
                server.destroy()
                if (!server.waitFor(10, TimeUnit.SECONDS)) server.destroyForcibly()
                data.deleteRecursively()
            },
        )
        val listening = CompletableFuture<String>()
        Thread {
            server.inputReader().forEachLine { line ->
                line.substringAfter("listening on ", "").takeIf { it.isNotEmpty() }?.let(listening::complete)
            }
            listening.completeExceptionally(AssertionError("the server ended"))
        }.apply { isDaemon = true }.start()
        address = listening.get(30, TimeUnit.SECONDS)
    }

    /** Makes an account that nobody has set a password for. Gives the log-in name and the invite code. */
    fun invite(): Pair<String, String> {
        val login = "person-${numbers.incrementAndGet()}"
        val said = run("user", "add", "--login", login, "--name", "Aigerim", "--market", "kz", "--locale", "en")
        return login to said.lines().first { it.startsWith("invite code ") }.removePrefix("invite code ")
    }

    /** Names who is told how to help a person: a distributor's id. */
    fun mentor(login: String, mentor: String): String = run("user", "mentor", "--login", login, "--mentor", mentor)

    /** Imports members of the company's tree. */
    fun importTeam(csv: String): String {
        val file = Files.createTempFile(data, "team", ".csv")
        Files.writeString(file, csv)
        return run("import", "team", file.toString())
    }

    /** Imports what the back office confirmed: `sales`, `volumes` or `ranks`. */
    fun importResults(of: String, csv: String): String {
        val file = Files.createTempFile(data, of, ".csv")
        Files.writeString(file, csv)
        return run("import", of, file.toString())
    }

    private fun run(vararg arguments: String): String {
        val process = process(*arguments).start()
        val output = process.inputReader().readText()
        if (process.waitFor() != 0) fail("qadam-backend ${arguments.joinToString(" ")}: $output")
        return output
    }

    private fun process(vararg arguments: String) =
        ProcessBuilder(program, *arguments).redirectError(ProcessBuilder.Redirect.INHERIT).apply {
            environment()["QADAM_DATA"] = data.toString()
            environment().putIfAbsent("QADAM_LOG", "warn")
        }

    companion object {
        /** Started for the first test, ended with the run. */
        private val shared by lazy { Backend() }

        val address: String get() = shared.address

        fun invite(): Pair<String, String> = shared.invite()

        fun mentor(login: String, mentor: String): String = shared.mentor(login, mentor)

        fun importTeam(csv: String): String = shared.importTeam(csv)

        fun importResults(of: String, csv: String): String = shared.importResults(of, csv)
    }
}
