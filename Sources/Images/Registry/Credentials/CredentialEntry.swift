internal import Bytes

/// What a file says of one registry.
struct CredentialEntry {
    /// Nil for an entry that holds nothing: Docker leaves such behind where a helper keeps the login.
    let login: Login?

    /// `auth` is the Base64 of `name:password` and goes before the other two; texts are empty if they are not
    /// there. Nil if `auth` is malformed.
    init?(auth: String, username: String, password: String, identityToken: String) {
        var username = username
        var password = password
        if !auth.isEmpty {
            guard let bytes = Base64.decode(auth), let text = String(validating: bytes, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            username = String(text[..<colon])
            password = String(text[text.index(after: colon)...])
            // Old versions of Docker pad it.
            while password.hasSuffix("\0") { password.removeLast() }
        }
        if !identityToken.isEmpty {
            login = Login(username: username, password: password, identityToken: identityToken)
        } else {
            login = username.isEmpty && password.isEmpty ? nil : Login(username: username, password: password)
        }
    }
}
