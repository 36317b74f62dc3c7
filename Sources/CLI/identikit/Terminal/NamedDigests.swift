import Digests
import JSON
import OCI

/// Images by name with their digests, as commands print them that bring images somewhere.
struct NamedDigests {
    /// What the list is called in JSON.
    var key = "images"
    var rows: [(name: String, digest: SHA256Digest)]

    var json: JSONValue {
        let list = rows.map { row -> JSONValue in
            ["name": .text(row.name), "digest": .text(row.digest.oci)]
        }
        return .object([key: .array(list)])
    }

    /// Prints the list, for programs or for people; `quiet` keeps it from people alone.
    func print(json: Bool, quiet: Bool) throws {
        if json { return try Output.print(self.json) }
        guard !quiet else { return }
        try Output.print(Table(rows: rows.map { [$0.digest.oci, $0.name] }).text())
    }
}
