using DropForensics.Tests.Live;
using DropForensics.Tests.TestKit;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Live tests mostly wait, and leave a CPU to the others: a thread more than this machine has CPUs.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: TestCollectionOrderer(typeof(LiveFirst))]

namespace DropForensics.Tests.TestKit;

/// <summary>The live tests, one at a time, take longest of all: they begin first, and the others run beside them.</summary>
public sealed class LiveFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(each => each.TestCollectionDisplayName != LiveCollection.Name)];
}
