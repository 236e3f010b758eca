"""One route, and what the container says of itself."""
import os
import sys

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello():
    return {"message": "FastAPI in a small image"}


@app.get("/facts")
def facts():
    return {"uid": os.getuid(), "python": sys.version.split()[0]}
