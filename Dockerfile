# syntax=docker/dockerfile:1
# One image for every app; the command chooses: `node dist/apps/<app>/src/main.js`.
FROM node:20.20-bookworm-slim AS build
WORKDIR /tidemark
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY apps apps
COPY libs libs
COPY test test
COPY bench bench
RUN npm run --silent build \
  && rm -rf dist/test dist/bench \
  && find dist -name '*.spec.js*' -delete \
  && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /tidemark
COPY --from=build /tidemark/package.json ./
COPY --from=build /tidemark/node_modules node_modules
COPY --from=build /tidemark/dist dist
USER node
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/apps/command-api/src/main.js"]
