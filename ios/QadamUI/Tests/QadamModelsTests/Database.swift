import Foundation
import QadamTestSupport

#if canImport(Darwin)
private let library = "libsqlite3.dylib"
#else
private let library = "libsqlite3.so.0"
#endif

/// The databases of phones whose engine is shut down, by the system's SQLite.
enum Database {
    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Execute = @convention(c) (
        OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Int32
    private typealias OfConnection = @convention(c) (OpaquePointer?) -> Int32

    struct Failure: Error {
        let what: String
    }

    /// Runs a statement that changes one row of the account's database.
    static func change(_ phone: Phone, _ sql: String) throws {
        let files = FileManager.default.enumerator(at: phone.directory, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        let databases = files.filter { $0.pathExtension == "db" }
        guard databases.count == 1, let sqlite = dlopen(library, RTLD_NOW) else { throw Failure(what: "\(library), \(databases)") }
        func function<Function>(_ name: String, as _: Function.Type) throws -> Function {
            guard let symbol = dlsym(sqlite, name) else { throw Failure(what: name) }
            return unsafeBitCast(symbol, to: Function.self)
        }
        let close = try function("sqlite3_close", as: OfConnection.self)
        var connection: OpaquePointer?
        defer { _ = close(connection) }
        let opened = try function("sqlite3_open", as: Open.self)(databases[0].path, &connection)
        let executed = try function("sqlite3_exec", as: Execute.self)(connection, sql, nil, nil, nil)
        let changed = try function("sqlite3_changes", as: OfConnection.self)(connection)
        guard (opened, executed, changed) == (0, 0, 1) else { throw Failure(what: "\(opened), \(executed), \(changed)") }
    }
}
