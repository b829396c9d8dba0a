import Foundation
import Qadam
import Security

/// Secrets in the keychain: of this device only, and readable in the background once the phone was unlocked.
final class KeychainStore: SecureStore {
    private func query(_ name: String?) -> [CFString: Any] {
        var query: [CFString: Any] = [kSecClass: kSecClassGenericPassword, kSecAttrService: "app.qadam"]
        query[kSecAttrAccount] = name
        return query
    }

    func get(name: String) throws -> String? {
        var query = query(name)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecItemNotFound { return nil }
        try check(status)
        guard let data = found as? Data, let value = String(data: data, encoding: .utf8) else { throw SecureStoreError.Invalidated }
        return value
    }

    func set(name: String, value: String) throws {
        let data = Data(value.utf8)
        let status = SecItemUpdate(query(name) as CFDictionary, [kSecValueData: data] as CFDictionary)
        guard status == errSecItemNotFound else { return try check(status) }
        var item = query(name)
        item[kSecValueData] = data
        item[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        try check(SecItemAdd(item as CFDictionary, nil))
    }

    func remove(name: String) throws {
        try gone(SecItemDelete(query(name) as CFDictionary))
    }

    func removeAll() throws {
        try gone(SecItemDelete(query(nil) as CFDictionary))
    }

    private func gone(_ status: OSStatus) throws {
        if status != errSecItemNotFound { try check(status) }
    }

    private func check(_ status: OSStatus) throws {
        switch status {
        case errSecSuccess: return
        case errSecInteractionNotAllowed: throw SecureStoreError.Locked
        default: throw SecureStoreError.Missing
        }
    }
}
