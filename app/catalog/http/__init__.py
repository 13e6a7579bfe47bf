"""Where is the catalogue read, and where does the operator change it?"""

from app.catalog.http import desk, facts, methodologies, projects

routes = [*projects.routes, *methodologies.routes, *facts.routes, *desk.routes]
