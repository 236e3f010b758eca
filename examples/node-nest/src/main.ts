import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Controller()
class HomeController {
	@Get()
	home(): string {
		return 'An answer of a Nest controller';
	}
}

@Module({ controllers: [HomeController] })
class AppModule {}

async function bootstrap(): Promise<void> {
	const app = await NestFactory.create(AppModule);
	app.enableShutdownHooks();
	await app.listen(process.env.PORT ?? 3000);
}

bootstrap();
