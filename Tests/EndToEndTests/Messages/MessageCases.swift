/// Every case, in the order of the snapshot.
enum MessageCases {
    static let all: [MessageCase] =
        usage + buildUsage + missing + configurations + images + outputs + packages + cacheFolders + policies
        + runs
}
