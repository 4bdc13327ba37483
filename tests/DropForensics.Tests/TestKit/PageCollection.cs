using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Tests of pages in one browser, one at a time: starting it takes longer than most of them.</summary>
[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<Chromium>
{
    public const string Name = "pages";
}
