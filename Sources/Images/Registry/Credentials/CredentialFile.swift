internal import Bytes
internal import Host
internal import JSON

/// One `config.json` or `auth.json`: logins, and the programs to ask for others.
///
/// Errors show nothing of its content but the names of fields.
struct CredentialFile: Sendable {
    private let path: String
    private let auths: JSONObject
    private let helpers: JSONObject
    private let store: String?

    /// Real ones have a few kilobytes.
    private static let limit: UInt64 = 4 << 20

    /// Nil if `path` does not exist; `registry` is for messages.
    init?(path: String, registry: String) throws(RegistryError) {
        let bytes: [UInt8]
        do throws(StreamError) {
            let file = try ReadableFile(path: path)
            guard file.count <= Self.limit else { throw .limitExceeded(what: path, limit: Self.limit) }
            // A file made and not yet filled holds no logins.
            if file.count == 0 { return nil }
            bytes = try file.bytes(at: 0, length: Int(file.count), of: path)
        } catch {
            if error.isMissingFile { return nil }
            throw RegistryError(registry: registry, .credentials(reason: "\(error)"))
        }
        // The parser's own message shows a character of the file.
        func malformed(_ reason: String) -> RegistryError {
            RegistryError(registry: registry, .credentials(reason: "\(path): \(reason)"))
        }
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue(parsing: bytes) } catch {
            throw malformed("is not JSON from byte \(error.offset) on")
        }
        guard document.object != nil else { throw malformed("is \(document.kind), must be an object") }
        func object(_ key: String) throws(RegistryError) -> JSONObject {
            guard let value = document[key], !value.isNull else { return JSONObject() }
            guard let object = value.object else {
                throw malformed("\(key) is \(value.kind), must be an object")
            }
            return object
        }
        self.path = path
        auths = try object("auths")
        helpers = try object("credHelpers")
        if let value = document["credsStore"], !value.isNull {
            guard let name = value.string else {
                throw malformed("credsStore is \(value.kind), must be a string")
            }
            store = name.isEmpty ? nil : name
        } else {
            store = nil
        }
    }

    /// The login for `name`; nil for none. As with Docker, the helper is asked first, if there is one.
    func login(for name: CredentialName, limits: CredentialHelper.Limits) async throws(RegistryError)
        -> Login?
    {
        if let helper = try helper(for: name) {
            for address in name.helperAddresses {
                let login = try await helper.login(at: address, of: name.registry, within: limits)
                if let login { return login }
            }
        }
        for candidate in name.enclosing {
            for member in auths.members where CredentialName(member.key.text) == candidate {
                guard var login = try entry(member, of: name.registry).login else { continue }
                login.source = path
                return login
            }
        }
        return nil
    }

    /// The registry's own helper, which an empty name says it has none of, else that for all.
    private func helper(for name: CredentialName) throws(RegistryError) -> CredentialHelper? {
        let own = helpers.members.first { CredentialName($0.key.text).registry == name.registry }
        let field = own.map { "credHelpers.\"\($0.key.text)\"" } ?? "credsStore"
        guard let program = own == nil ? store : own?.value.string else {
            guard let own else { return nil }
            throw malformed(field, "is \(own.value.kind), must be a string", name.registry)
        }
        guard !program.isEmpty else { return nil }
        guard let helper = CredentialHelper(program, setBy: "\(field) in \(path)") else {
            throw malformed(field, "must be the end of a program's name, docker-credential-…", name.registry)
        }
        return helper
    }

    private func entry(_ member: JSONObject.Member, of registry: String) throws(RegistryError)
        -> CredentialEntry
    {
        let field = "auths.\"\(member.key.text)\""
        guard let object = member.value.object else {
            throw malformed(field, "is \(member.value.kind), must be an object", registry)
        }
        func text(_ key: String) throws(RegistryError) -> String {
            guard let value = object[key], !value.isNull else { return "" }
            guard let text = value.string else {
                throw malformed("\(field).\(key)", "is \(value.kind), must be a string", registry)
            }
            return text
        }
        let entry = CredentialEntry(
            auth: try text("auth"), username: try text("username"), password: try text("password"),
            identityToken: try text("identitytoken"))
        guard let entry else {
            throw malformed("\(field).auth", "is not the Base64 of NAME:PASSWORD; log in again", registry)
        }
        return entry
    }

    private func malformed(_ field: String, _ reason: String, _ registry: String) -> RegistryError {
        RegistryError(registry: registry, .credentials(reason: "\(path): \(field) \(reason)"))
    }
}

extension CredentialFile {
    /// Where logins may be, the first to be asked first.
    static func paths(environment: (String) -> String?, home: String, user: UInt32) -> [String] {
        func directory(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let only = directory("REGISTRY_AUTH_FILE") { return [only] }
        return [
            "\(directory("DOCKER_CONFIG") ?? "\(home)/.docker")/config.json",
            directory("XDG_RUNTIME_DIR").map { "\($0)/containers/auth.json" }
                ?? "/run/containers/\(user)/auth.json",
            "\(directory("XDG_CONFIG_HOME") ?? "\(home)/.config")/containers/auth.json",
        ]
    }
}
