import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { metrics } from '#libs/platform/observability';
import { Operation } from '../openapi/operation.js';
import { type ReadinessCheck, type ReadinessReport, readinessOf } from './readiness.js';

/** What the app gives the operating side; filled in once the app's modules are there. */
export class HealthSources {
  checks: readonly ReadinessCheck[] = [];
  isStopping: () => boolean = () => false;
}

@Controller()
export class HealthController {
  constructor(@Inject(HealthSources) private readonly sources: HealthSources) {}

  @Get('health/live')
  @Operation({
    summary: 'Is the process alive',
    tag: 'operations',
    answer: { example: { status: 'live' } },
  })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('health/ready')
  @Operation({
    summary: 'Can the app do its work, and what is degraded',
    description:
      'Answers 503, with the same body, while something that the app needs is down or the app is stopping.',
    tag: 'operations',
    answer: {
      example: {
        status: 'degraded',
        checks: {
          eventstoredb: { status: 'up', required: true },
          projections: { status: 'degraded', required: false, reason: 'order-list is 42 s behind.' },
        },
      },
    },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await readinessOf(this.sources.checks);
    const stopping = this.sources.isStopping();
    if (stopping || report.status === 'not_ready') reply.status(503).header('retry-after', '1');
    return stopping ? { ...report, status: 'not_ready' } : report;
  }

  @Get('metrics')
  @Operation({
    summary: 'Figures for Prometheus',
    tag: 'operations',
    answer: { mediaType: 'text/plain', example: 'tidemark_store_up{store="eventstoredb"} 1' },
  })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', metrics.registry.contentType);
    return metrics.registry.metrics();
  }
}
