def test_home(world):
    page = world.browser().open("/")
    assert page.has("Quelle intelligence artificielle")
    page = world.browser(world.member("Omar")).open("/")
    assert page.has("Omar")
    world.browser().open("/sante")
    world.browser().open("/rien", status=404)
