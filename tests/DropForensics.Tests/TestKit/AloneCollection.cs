using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Tests that measure the whole process: no other runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
