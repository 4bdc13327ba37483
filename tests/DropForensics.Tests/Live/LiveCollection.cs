using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Tests that record this kernel's drops: one at a time, for every capture sees every namespace's. CI finds them by the trait.</summary>
[CollectionDefinition(Name)]
[Trait("Kernel", "live")]
public sealed class LiveCollection
{
    public const string Name = "live kernel";
}
