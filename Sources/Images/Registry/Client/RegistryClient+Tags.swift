internal import JSON
internal import HTTP
public import OCI

extension RegistryClient {
    /// All tags of a repository, in the registry's order (OCI distribution specification, "Listing Tags").
    public func tags(of repository: ImageReference) async throws(RegistryError) -> [String] {
        let subject = Subject(
            registry: repository.registry, reference: repository.repository, what: "repository")
        return try await atEndpoints(subject) { (endpoint) throws(AttemptError) in
            var target = RegistryCall.Target.path("tags/list", query: [(name: "n", value: "1000")])
            var all: [String] = []
            var pages = PageLimit()
            while true {
                let call = RegistryCall(
                    method: .GET, target: target, scopes: [.pull(repository.repositoryPath)])
                let next = try await send(call, at: endpoint, repository: repository.repositoryPath) {
                    (answer) throws(AttemptError) -> WebAddress? in
                    guard answer.status == 200 else { throw await answer.failure() }
                    let bytes = try await answer.bytes(limit: 8 << 20, of: "the list of tags")
                    // Go writes an empty list as null, or leaves it out.
                    guard let document = try? JSONValue(parsing: bytes), document.object != nil,
                        document["tags"] != nil || document["name"] != nil,
                        document["tags"].map({ $0.isNull || $0.strings != nil }) ?? true
                    else { throw .damaged("the answer is not a list of tags") }
                    all += document["tags"]?.strings ?? []
                    return try pages.next(answer)
                }
                guard let next else { return all }
                target = .address(next)
            }
        }
    }
}
