def validates(*names, include_removes=False, include_backrefs=True):
    def mark(function):
        function.__sa_validators__ = names
        function.__sa_validation_opts__ = {
            "include_removes": include_removes,
            "include_backrefs": include_backrefs,
        }
        return function

    return mark


def reconstructor(function):
    function.__sa_reconstructor__ = True
    return function
