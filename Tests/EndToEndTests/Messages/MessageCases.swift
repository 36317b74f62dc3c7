/// Every case, in the order of the snapshot.
enum MessageCases {
    static let all = MessageCase.list(
        usage, buildUsage, missing, configurations, images, outputs, packages, cacheDirectories, archives,
        manifests, policies, runs, proof)
}
